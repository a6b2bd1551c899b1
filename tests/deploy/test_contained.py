import pytest

from tests.deploy.files import services


@pytest.mark.parametrize("name", sorted(services()))
def test_no_container_can_write_to_its_root_or_gain_a_privilege(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("privileged") is None
    assert "/tmp" in service["tmpfs"]


@pytest.mark.parametrize("name", sorted(services()))
def test_no_container_is_reached_from_another_machine(name: str) -> None:
    """Neither Temporal nor its Web UI asks who is there."""
    assert all(port.startswith("127.0.0.1:") for port in services()[name].get("ports", []))


@pytest.mark.parametrize("name", sorted(services()))
def test_what_a_container_mounts_from_here_it_can_only_read(name: str) -> None:
    mounted = [volume for volume in services()[name].get("volumes", []) if volume.startswith(".")]
    assert all(volume.endswith(":ro") for volume in mounted)
