import pytest

from orchestrator.checkpoints.open import open_store
from orchestrator.errors import ConfigurationError, SchemaMismatch, StoreUnavailable
from tests.support.dynamodb import CREDENTIALS
from tests.support.dynamodb_rows import client
from tests.support.stores import acquired, lease


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("dynamodb://?region=eu-central-1", "names no table"),
        ("dynamodb://a b", "names no table"),
        ("dynamodb://table?regoin=eu-central-1", "no option 'regoin'; there are region, endpoint, bucket"),
    ],
)
def test_is_refused_with_what_is_wrong(url: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        open_store(url)


def test_is_the_same_by_whichever_endpoint() -> None:
    """A Ref that a worker made over a network's own endpoint is read by a client without one."""
    far = open_store("dynamodb://table?region=eu-central-1&endpoint=http%3A%2F%2F10.0.0.1&bucket=large")
    assert far.name == open_store("dynamodb://table?region=eu-central-1").name == "dynamodb://table?region=eu-central-1"


async def test_without_a_region_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(ConfigurationError, match="set AWS_REGION"):
        async with open_store("dynamodb://table"):
            pass


async def test_without_credentials_says_what_to_set(dynamodb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    async with open_store(dynamodb) as store:
        with pytest.raises(StoreUnavailable, match="AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"):
            await store.setup()


async def test_of_a_table_that_is_not_there_says_how_to_make_it(dynamodb: str) -> None:
    async with open_store(dynamodb) as store:
        with pytest.raises(StoreUnavailable, match="is not there: run `orchestrator setup`"):
            await store.acquire(lease())
        await store.prepare()
        await acquired(store, lease())


async def test_of_another_applications_table_is_refused(dynamodb: str) -> None:
    client(dynamodb).create_table(
        TableName=dynamodb.removeprefix("dynamodb://").partition("?")[0],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    async with open_store(dynamodb) as store:
        with pytest.raises(ConfigurationError, match="another application's"):
            await store.setup()


async def test_of_a_table_of_a_later_release_is_refused(dynamodb: str) -> None:
    async with open_store(dynamodb) as store:
        await store.setup()
        later = {"pk": {"S": "orchestrator"}, "sk": {"S": "layout"}, "version": {"N": "2"}}
        client(dynamodb).put_item(TableName=dynamodb.removeprefix("dynamodb://").partition("?")[0], Item=later)
        with pytest.raises(SchemaMismatch, match="layout 2, and this release needs 1: deploy a newer one"):
            await store.prepare()


async def test_of_a_bucket_that_is_not_there_is_refused(dynamodb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "AWS_ENDPOINT_URL_S3", dynamodb.partition("endpoint=")[2].replace("%3A", ":").replace("%2F", "/")
    )
    async with open_store(f"{dynamodb}&bucket=nowhere") as store:
        with pytest.raises(ConfigurationError, match="no S3 bucket 'nowhere'"):
            await store.setup()
