"""Settings: every knob from the environment or `.env`, what is wrong with one in words for people, and never its value."""

import base64
import os
from pathlib import Path
from typing import Any

import pytest

from placeholder.keys.tokens import mint
from placeholder.settings import BadSettings, Settings, read_settings

GOOD_KEY = "Zk3vR8qLm2XwT5bNs7Yd1HcJf"
GOOD_SECRET = "q8Wn2Rt6Yb4Mz1Xc9Vd7Kf3Hj5Lp0SgA"
HOOK = "whsec_" + base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Sets one variable in an environment that has no other of ours, in a folder without a .env."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("PLACEHOLDER_", "REPLICATE_")):
            monkeypatch.delenv(name)
    return monkeypatch.setenv


def test_without_any_variable_there_are_defaults_for_a_first_try(setting: Any, tmp_path: Path) -> None:
    found = read_settings()
    assert found.data_dir == Path("data")
    assert found.database == f"sqlite:///{tmp_path}/data/placeholder.db"
    assert found.storage == f"file://{tmp_path}/data/pictures"
    assert (found.provider, found.api_key, found.secret) == ("auto", None, None)
    assert (found.lease_s, found.poll_s, found.reconcile_grace_s) == (30, 5, 60)
    assert found.outputs == ("replicate.delivery",)
    assert (found.hosts, found.allowed_models) == (frozenset(), frozenset())
    assert (found.peers, found.peer_hosts) == ((), {})
    assert (found.secret_key_origins, found.own_origin, found.client_address_header) == (None, None, "")
    assert not found.refuse_secret_keys_from_browsers
    assert found.playground
    assert (found.operator_key, found.metrics_open, found.log_format) == (None, False, "text")
    assert found.worker
    assert found.door


READ: list[tuple[str, str, str, Any]] = [
    ("PLACEHOLDER_CACHE_MB", "0", "cache_mb", 0),
    ("PLACEHOLDER_DOOR", "false", "door", False),
    ("PLACEHOLDER_DOOR", "0", "door", False),
    ("PLACEHOLDER_WORKER", "off", "worker", False),
    ("placeholder_worker", "no", "worker", False),
    ("PLACEHOLDER_ALLOWED_HOSTS", " Pics.Example,, b.example ", "hosts", {"pics.example", "b.example"}),
    ("PLACEHOLDER_COMPAT", "placehold.co, dummyimage Picsum.Photos,,", "peers", ("placehold.co", "dummyimage", "Picsum.Photos")),
    (
        "PLACEHOLDER_COMPAT_HOSTS",
        "Old.Example=placehold.co, older.example.=FakeImg",
        "peer_hosts",
        {"old.example": "placehold.co", "older.example": "fakeimg"},
    ),
    ("PLACEHOLDER_MODELS", "flux-dev, google/imagen-4", "allowed_models", {"flux-dev", "google/imagen-4"}),
    ("PLACEHOLDER_OUTPUT_HOSTS", "a.example, http://127.0.0.1:9911", "outputs", ("a.example", "http://127.0.0.1:9911")),
    ("PLACEHOLDER_POLL_S", "0.05", "poll_s", 0.05),
    ("PLACEHOLDER_RECONCILE_GRACE_S", "0", "reconcile_grace_s", 0),
    ("PLACEHOLDER_PUBLIC_URL", "https://pics.example/", "public_url", "https://pics.example"),
    ("PLACEHOLDER_PUBLIC_URL", "https://pics.example:8443/base//", "public_url", "https://pics.example:8443/base"),
    ("PLACEHOLDER_PUBLIC_URL", "https://pics.example:8443/base//", "public_path", "/base"),
    ("PLACEHOLDER_PUBLIC_URL", "https://pics.example/", "public_path", ""),
    ("PLACEHOLDER_PUBLIC_URL", "http://localhost:8000", "public_url", "http://localhost:8000"),
    ("PLACEHOLDER_PUBLIC_URL", "http://127.0.0.1:8000", "public_url", "http://127.0.0.1:8000"),
    ("PLACEHOLDER_PUBLIC_URL", "http://[::1]:8000", "public_url", "http://[::1]:8000"),
    ("PLACEHOLDER_STORAGE_URL", "memory:", "storage", "memory:"),
    ("PLACEHOLDER_STORAGE_URL", "file:///var/pictures", "storage", "file:///var/pictures"),
    ("PLACEHOLDER_DATABASE_URL", "postgresql://u:p@h/n", "database", "postgresql://u:p@h/n"),
    ("PLACEHOLDER_LOG_LEVEL", "debug", "log_level", "debug"),
    ("PLACEHOLDER_LOG_FORMAT", "json", "log_format", "json"),
    ("PLACEHOLDER_METRICS_OPEN", "true", "metrics_open", True),
    ("PLACEHOLDER_FAILPOINTS", "submit.before_commit=kill,*=raise:0.02", "failpoints", "submit.before_commit=kill,*=raise:0.02"),
    ("PLACEHOLDER_CORS_ORIGINS", "*", "secret_key_origins", None),
    ("PLACEHOLDER_CORS_ORIGINS", " * ", "secret_key_origins", None),
    ("PLACEHOLDER_CORS_ORIGINS", "https://a.example", "secret_key_origins", {"https://a.example"}),
    (
        "PLACEHOLDER_CORS_ORIGINS",
        " HTTPS://A.example:443, http://localhost:3000 http://[::1] ",
        "secret_key_origins",
        {"https://a.example", "http://localhost:3000", "http://[::1]"},
    ),
    ("PLACEHOLDER_CORS_ORIGINS", ",", "secret_key_origins", set()),
    ("PLACEHOLDER_REFUSE_SECRET_KEYS_FROM_BROWSERS", "true", "refuse_secret_keys_from_browsers", True),
    ("PLACEHOLDER_PLAYGROUND", "false", "playground", False),
    ("PLACEHOLDER_CLIENT_ADDRESS_HEADER", "Fly-Client-IP", "client_address_header", "Fly-Client-IP"),
    ("PLACEHOLDER_PUBLIC_URL", "https://Pics.example:443/base", "own_origin", "https://pics.example"),
    ("PLACEHOLDER_PUBLIC_URL", "http://localhost:8000", "own_origin", "http://localhost:8000"),
    ("PLACEHOLDER_PUBLIC_URL", "http://[::1]:8000", "own_origin", "http://[::1]:8000"),
    ("REPLICATE_BASE_URL", "http://127.0.0.1:9/v1", "replicate_base_url", "http://127.0.0.1:9/v1"),
]


@pytest.mark.parametrize(
    ("name", "value", "attribute", "found"), READ, ids=lambda value: str(sorted(value) if isinstance(value, set) else value)[:50]
)
def test_a_variable_is_read(setting: Any, name: str, value: str, attribute: str, found: Any) -> None:
    setting(name, value)
    assert getattr(read_settings(), attribute) == found


SECRETS = [
    ("PLACEHOLDER_API_KEY", "api_key", GOOD_KEY),
    ("PLACEHOLDER_API_KEY", "api_key", mint(bytes(range(32)))),
    ("PLACEHOLDER_OPERATOR_KEY", "operator_key", GOOD_KEY),
    ("PLACEHOLDER_SECRET", "secret", GOOD_SECRET),
    ("PLACEHOLDER_MODERATION_KEY", "moderation_key", "sk-canary-moderation"),
    ("PLACEHOLDER_DATABASE_URL", "database_url", "postgresql://user:canary@host/name"),
    ("PLACEHOLDER_STORAGE_URL", "storage_url", "memory:"),
    ("REPLICATE_API_TOKEN", "replicate_api_token", "r8_canary"),
    ("REPLICATE_WEBHOOK_SECRET", "replicate_webhook_secret", f"{HOOK} {HOOK}"),
]


@pytest.mark.parametrize(("name", "attribute", "value"), SECRETS, ids=lambda value: str(value)[:30])
def test_a_secret_is_kept_out_of_every_print(setting: Any, name: str, attribute: str, value: str) -> None:
    setting(name, value)
    found = read_settings()
    assert getattr(found, attribute).get_secret_value() == value
    for shown in (repr(found), str(found), repr(found.model_dump()), found.model_dump_json(), f"{getattr(found, attribute)}"):
        assert value not in shown


@pytest.mark.parametrize(
    "name",
    [
        *("PLACEHOLDER_API_KEY", "PLACEHOLDER_SECRET", "PLACEHOLDER_DATABASE_URL", "PLACEHOLDER_STORAGE_URL"),
        *("PLACEHOLDER_MODERATION_KEY", "PLACEHOLDER_PUBLIC_URL", "PLACEHOLDER_MODELS", "PLACEHOLDER_PROVIDER"),
        *("PLACEHOLDER_OUTPUT_HOSTS", "PLACEHOLDER_DATA_DIR", "REPLICATE_API_TOKEN", "REPLICATE_WEBHOOK_SECRET"),
        *("PLACEHOLDER_CACHE_MB", "PLACEHOLDER_DOOR", "PLACEHOLDER_CORS_ORIGINS", "PLACEHOLDER_CLIENT_ADDRESS_HEADER"),
        *("PLACEHOLDER_REFUSE_SECRET_KEYS_FROM_BROWSERS", "PLACEHOLDER_PLAYGROUND"),
        *("PLACEHOLDER_COMPAT", "PLACEHOLDER_COMPAT_HOSTS", "PLACEHOLDER_OPERATOR_KEY", "PLACEHOLDER_LOG_FORMAT"),
    ],
)
def test_an_empty_variable_is_none(setting: Any, name: str) -> None:
    """What a compose file makes of a variable that nobody set."""
    setting(name, "")
    assert read_settings() == Settings(_env_file=None)
    assert read_settings().model_fields_set == set()


def test_variables_that_nobody_knows_are_left_alone(setting: Any) -> None:
    setting("PLACEHOLDER_NO_SUCH_KNOB", "1")
    setting("UNRELATED", "1")
    assert read_settings().model_fields_set == set()


def test_the_environment_comes_before_the_file(setting: Any, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        f"PLACEHOLDER_CACHE_MB=5\nPLACEHOLDER_POLL_S=7\nREPLICATE_API_TOKEN=r8_x\nOTHER=1\nPLACEHOLDER_API_KEY='{GOOD_KEY}'\n"
    )
    setting("PLACEHOLDER_CACHE_MB", "9")
    found = read_settings()
    assert (found.cache_mb, found.poll_s) == (9, 7)
    assert found.replicate_api_token is not None
    assert found.api_key is not None
    assert found.api_key.get_secret_value() == GOOD_KEY


def test_settings_do_not_change(setting: Any) -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings().cache_mb = 5  # type: ignore[misc]


# ---------------------------------------------------------------- what is refused

WEAK = [
    *(
        "changeme",
        "secret",
        "test",
        "password",
        "YOUR_API_KEY",
        "a" * 40,
        "abc" * 12,
        "x" * 23,
        "with a space in the middle of it",
    ),
    *("plh_live_" + "0" * 38, mint(bytes(range(32)))[:-1] + "!", "é" * 30, "k" * 300, "12345678901234567890123456789012"),
    *("your-api-key-goes-here-please", "placeholder-api-key-change-me-now", "qwertyuiopasdfghjklzxcvbnm"),
]
REFUSED: list[tuple[str, str, str]] = [
    *((name, value, "") for name in ("PLACEHOLDER_API_KEY", "PLACEHOLDER_OPERATOR_KEY") for value in WEAK),
    *(
        ("PLACEHOLDER_SECRET", value, "expected 32 random characters or more")
        for value in ("short", "a" * 64, "abcabcabc" * 9, GOOD_SECRET[:31])
    ),
    *(
        ("PLACEHOLDER_PUBLIC_URL", f"https://pics.example/{path}", "expected a path of plain characters")
        for path in ("a%20b", "ä", "a b", 'a"b', "<b>", "a\\b")
    ),
    *(
        ("PLACEHOLDER_PUBLIC_URL", value, "expected https://HOST, or http://localhost:PORT")
        for value in (
            *("http://pics.example", "ftp://pics.example", "pics.example", "//pics.example", "https://", "https:///x"),
            *("https://pics.example?a=1", "https://pics.example/#x", "https://[::1", "https://user:canary@pics.example"),
            *("http://localhost.example", "http://10.0.0.1", "http://0.0.0.0:8000", "javascript:alert(1)", "https://a℀b"),
        )
    ),
    *(
        ("PLACEHOLDER_STORAGE_URL", value, "expected ")
        for value in (
            *("pictures", "/var/pictures", "file://pictures", "file:///a/../b", "memory://x", "ftp://host/x", "s3://", "s3:///x"),
            *("s3://key:canary@bucket", "s3://bucket/../other", "https://bucket.s3.amazonaws.com", "postgresql://u:canary@h/n"),
        )
    ),
    *(
        ("PLACEHOLDER_MODELS", value, "expected names of known models")
        for value in ("none", "flux-dev,none", "FLUX-DEV", "flux-dev;sdxl")
    ),
    *(
        ("PLACEHOLDER_OUTPUT_HOSTS", value, "an output host is a name or an origin")
        for value in ("ftp://x", "http://x/path", "http://user@x", "http://", "*.replicate.delivery", "a_b", "x/y", "é.example")
    ),
    *(("PLACEHOLDER_PROVIDER", value, "Input should be 'auto', 'sketch', ") for value in ("dalle", "Replicate", " cog")),
    *(
        ("PLACEHOLDER_CORS_ORIGINS", value, "expected *, or origins such as https://shop.example, separated by commas")
        for value in (
            *("null", "shop.example", "https://shop.example/", "https://shop.example/path", "https://u:canary@shop.example"),
            *("https://*.shop.example", "*, https://shop.example", "* *", "https://shop.example,null", "https://bücher.example"),
            *("ftp://shop.example", "https://a;https://b", "https://a https://b/"),
        )
    ),
    *(
        ("PLACEHOLDER_COMPAT", value, "expected names of via.placeholder.com, placehold.co, ")
        for value in (
            "placehold.org",
            "placehold.co,canary",
            "via",
            "*",
            "placehold.co;dummyimage",
            "https://placehold.co",
            "all",
        )
    ),
    *(
        ("PLACEHOLDER_COMPAT_HOSTS", value, "expected HOST=NAME, such as old.example=placehold.co, separated by commas")
        for value in (
            *("canary", "old.example=", "=placehold.co", "old.example=canary", "old.example:80=placehold.co", "a/b=placehold.co"),
            *("https://old.example=placehold.co", "old.example=placehold.co=x", "*.example=placehold.co", "é.example=fakeimg"),
            *("old.example=placehold.co, canary", "u@old.example=fakeimg", "old.example = fakeimg"),
        )
    ),
    *(
        ("PLACEHOLDER_CLIENT_ADDRESS_HEADER", value, "expected the name of a header, such as X-Real-IP")
        for value in ("X Real IP", "X-Real-IP:", "X-Real-IP, X-Other", "x_real_ip", "é", "X-Real-IP\n")
    ),
    ("PLACEHOLDER_MODERATION_FAIL", "perhaps", "Input should be 'open' or 'closed'"),
    ("PLACEHOLDER_LOG_LEVEL", "DEBUG", "Input should be 'debug', 'info', 'warning' or 'error'"),
    ("PLACEHOLDER_LOG_FORMAT", "xml", "Input should be 'text' or 'json'"),
    *(
        (f"PLACEHOLDER_{name}", value, "Input should be")
        for names, values in (
            (("CACHE_MB",), ("-1", "4097", "much", "1.5", "1e3", "nan")),
            (("RASTER_WORKERS", "DECODERS"), ("0", "65", "-1")),
            (("WORKER_STEPS",), ("0", "257")),
            (("LEASE_S", "POLL_S", "DEADLINE_S"), ("0", "-1", "soon", "nan", "inf", "-inf")),
            (("PROMPT_HOURS", "RETENTION_DAYS", "RECONCILE_GRACE_S", "SKETCH_DELAY_S"), ("-1", "nan", "inf")),
            (("SKETCH_FAILURES",), ("-0.1", "1.1", "nan")),
            (("DOOR", "WORKER", "PLAYGROUND", "METRICS_OPEN", "REFUSE_SECRET_KEYS_FROM_BROWSERS"), ("ajar", "2", "-1")),
        )
        for name in names
        for value in values
    ),
    *(
        ("REPLICATE_WEBHOOK_SECRET", value, "expected whsec_ and a key in base64")
        for value in (
            *("canary", "whsec_", "whsec_canary!", "WHSEC_AAAA", HOOK[6:]),
            *(f"{HOOK} canary", HOOK + "=", HOOK.replace("=", "")),
        )
    ),
    *(
        ("PLACEHOLDER_FAILPOINTS", value, "expected point=kill or point=raise")
        for value in (
            *("canary", "a=b", "a=kill:2", "a=kill:", "a=kill,", ",a=kill"),
            *("a=kill b=raise", "a=kill:0.5x", "a=kill:nan", "=kill"),
        )
    ),
]


@pytest.mark.parametrize(("name", "value", "words"), REFUSED, ids=lambda value: ascii(value)[:40])
def test_what_cannot_be_used_is_named_and_not_repeated(setting: Any, name: str, value: str, words: str) -> None:
    setting(name, value)
    with pytest.raises(BadSettings) as refused:
        read_settings()
    told = str(refused.value)
    assert told.startswith(f"{name}: ")
    assert words in told
    assert "\n" not in told
    assert "Value error" not in told
    assert len(told) < 200
    assert "canary" not in told
    if name in ("PLACEHOLDER_API_KEY", "PLACEHOLDER_SECRET"):
        assert value not in told
        assert value[:12] not in told
    assert refused.value.__suppress_context__, "what pydantic says quotes the value"


def test_each_of_several_faults_has_its_line(setting: Any) -> None:
    setting("PLACEHOLDER_CACHE_MB", "much")
    setting("PLACEHOLDER_API_KEY", "changeme")
    setting("REPLICATE_WEBHOOK_SECRET", "x")
    with pytest.raises(BadSettings) as refused:
        read_settings()
    assert sorted(line.partition(":")[0] for line in str(refused.value).split("\n")) == [
        "PLACEHOLDER_API_KEY",
        "PLACEHOLDER_CACHE_MB",
        "REPLICATE_WEBHOOK_SECRET",
    ]


@pytest.mark.parametrize(
    ("provider", "given", "missing"),
    [
        ("replicate", {}, "REPLICATE_API_TOKEN"),
        ("replicate", {"REPLICATE_API_TOKEN": ""}, "REPLICATE_API_TOKEN"),
        ("replicate", {"REPLICATE_API_TOKEN": "r8_x"}, None),
        ("cog", {}, "PLACEHOLDER_COG_URL"),
        ("cog", {"PLACEHOLDER_COG_URL": "localhost:5000"}, "PLACEHOLDER_COG_URL"),
        ("cog", {"PLACEHOLDER_COG_URL": "http://user:canary@localhost:5000"}, "PLACEHOLDER_COG_URL"),
        ("cog", {"PLACEHOLDER_COG_URL": "http://localhost:5000"}, None),
        ("cog", {"PLACEHOLDER_COG_URL": "https://cog.example/base/"}, None),
        ("auto", {}, None),
        ("auto", {"PLACEHOLDER_COG_URL": "localhost"}, None),
        ("sketch", {}, None),
    ],
)
def test_a_provider_needs_what_it_is_reached_by(setting: Any, provider: str, given: dict[str, str], missing: str | None) -> None:
    setting("PLACEHOLDER_PROVIDER", provider)
    for name, value in given.items():
        setting(name, value)
    if missing is None:
        assert read_settings().provider == provider
        return
    with pytest.raises(BadSettings) as refused:
        read_settings()
    assert str(refused.value).startswith(f"{missing}: expected ")
    assert f"since PLACEHOLDER_PROVIDER is {provider}" in str(refused.value)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("content", [b"PLACEHOLDER_SECRET=\xff\xfecanary\n", None], ids=["no UTF-8", "a folder"])
def test_a_file_that_cannot_be_read_is_said(setting: Any, tmp_path: Path, content: bytes | None) -> None:
    if content is None:
        (tmp_path / ".env").mkdir()
        assert read_settings().model_fields_set == set(), "a folder is no such file"
        return
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(BadSettings, match=r"^\.env: expected a readable file in UTF-8$"):
        read_settings()


def test_a_folder_with_odd_letters_is_a_place_as_any(setting: Any, tmp_path: Path) -> None:
    """Both URLs name what the path names."""
    from placeholder.blobs.store import open_blobs
    from placeholder.db.database import open_engine

    odd = tmp_path / "a b %20 ü#"
    odd.mkdir()
    setting("PLACEHOLDER_DATA_DIR", str(odd))
    found = read_settings()
    engine = open_engine(found.database)
    engine.dispose()
    assert [path.name for path in odd.iterdir()] == ["placeholder.db"]
    assert open_blobs(found.storage)._root == odd / "pictures"  # type: ignore[attr-defined]


def test_the_key_that_asks_is_not_the_key_that_watches(setting: Any) -> None:
    setting("PLACEHOLDER_API_KEY", GOOD_KEY)
    setting("PLACEHOLDER_OPERATOR_KEY", GOOD_KEY)
    with pytest.raises(BadSettings, match=r"^PLACEHOLDER_OPERATOR_KEY: expected another key than PLACEHOLDER_API_KEY") as refused:
        read_settings()
    assert GOOD_KEY not in str(refused.value)
