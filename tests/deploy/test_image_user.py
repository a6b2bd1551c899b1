from tests.deploy.files import OURS, compose, dockerfile, services, stage


def test_the_image_never_runs_as_root() -> None:
    """A number, because Kubernetes' runAsNonRoot cannot see whether a name is root's."""
    users = [instruction.rest for instruction in stage("engine").every("USER")]
    assert users
    assert all(int(part) > 0 for user in users for part in user.split(":"))
    built_on_it = [found for found in dockerfile() if found.base == "engine"]
    assert [found.name for found in built_on_it] == ["application", ""]
    assert not [user for found in built_on_it for user in found.every("USER")]
    assert dockerfile()[-1].name == "", "a build without --target makes the engine"
    assert not [name for name, service in services(OURS).items() if "user" in service]


def test_the_user_owns_its_data_folder_and_nothing_else() -> None:
    copied = [instruction.rest for found in dockerfile()[1:] for instruction in found.every("COPY")]
    assert copied
    assert not [line for line in copied if "--chown" in line]
    assert [volume for service in services(OURS).values() for volume in service.get("volumes", [])] == [
        "worker-data:/data"
    ]
    assert "worker-data" in compose()["volumes"]
