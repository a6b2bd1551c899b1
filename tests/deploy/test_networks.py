from tests.deploy.files import compose, services


def test_only_what_needs_the_database_reaches_it() -> None:
    reaching = {name for name, service in services().items() if "database" in service["networks"]}
    assert reaching == {"postgresql", "temporal-schema", "temporal", "setup", "worker", "serve"}
    assert compose()["networks"]["database"]["internal"] is True
    assert services()["postgresql"]["networks"] == ["database"]
    assert "ports" not in services()["postgresql"]


def test_temporal_says_which_of_its_addresses_is_its_own() -> None:
    """On two networks it has two, and its entry point takes what `getent` prints first."""
    temporal = services()["temporal"]
    assert len(temporal["networks"]) == 2
    assert temporal["environment"]["TEMPORAL_BROADCAST_ADDRESS"] == "127.0.0.1"
