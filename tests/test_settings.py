"""What an operator set wrong is named, with what it is for; nothing secret is repeated."""

from pathlib import Path

import pytest

from bot.app.doctor import diagnose
from bot.errors import SettingsError
from bot.settings import Settings
from bot.settings.slack import check_tokens


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("TME_PORT", "abc", "no whole number"),
        ("TME_PORT", "99999", "65535 or less"),
        ("TME_INDEX_MEMORY", "1", "16 or more"),
        ("TME_STARTER", "perhaps", "neither yes nor no"),
        ("TME_TIME_ZONE", "Mars/Base", "no time zone; write it like Europe/London"),
        ("TME_LOG_LEVEL", "loud", "not of the form that is needed"),
        ("TME_CONTACT", "you", "not of the form that is needed"),
        ("TME_SUBSCRIPTION_CHANGES", "all", "'channel', 'creator' or 'admins'"),
        ("TME_ADMINS", "U0ANNA, bob", "“bob” is no Slack id"),
    ],
)
def test_a_wrong_value_is_named_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str
) -> None:
    """Not in those of the library that read it."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        Settings.load()
    assert f"{name} cannot be used: " in refused.value.message
    assert why in refused.value.message
    assert Settings._meanings()[name] in refused.value.hint
    for jargon in ("Input should", "Value error", "match pattern"):
        assert jargon not in refused.value.as_line


def test_variables_of_other_programs_are_not_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("TME_HOME", "TME_PORT", "TME_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PORT", "99")
    monkeypatch.setenv("HOST", "elsewhere")
    usual = Settings()
    assert usual.home != tmp_path
    assert (usual.port, usual.host) == (3000, "127.0.0.1")


def test_a_database_that_an_earlier_version_put_elsewhere_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TME_HOME", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    usual = Settings().home
    (tmp_path / "tme.db").touch()
    assert Settings().home == tmp_path
    usual.mkdir(parents=True)
    (usual / "tme.db").touch()
    assert Settings().home == usual


def test_a_variable_counts_in_any_case_and_what_is_given_counts_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TME_PORT", raising=False)
    monkeypatch.setenv("tme_port", "3001")
    assert Settings().port == 3001
    assert Settings(port=3002).port == 3002


def test_every_setting_says_what_it_is_for() -> None:
    assert all(Settings._meanings().values())
    assert set(Settings.names()) >= {"TME_HOME", "SLACK_BOT_TOKEN", "TME_ADMINS"}


@pytest.mark.parametrize(
    ("bot", "app", "named"),
    [
        ("xapp-1-A", "xoxb-1-A", "SLACK_BOT_TOKEN"),
        ("xoxb-1-A", "xoxb-1-A", "SLACK_APP_TOKEN"),
        ("xoxp-secret", None, "SLACK_BOT_TOKEN"),
    ],
)
def test_swapped_tokens_are_noticed_before_slack_is_asked(
    bot: str, app: str | None, named: str
) -> None:
    settings = Settings(slack_bot_token=bot, slack_app_token=app)
    with pytest.raises(SettingsError, match=named) as refused:
        check_tokens(settings)
    assert "-A" not in refused.value.as_line
    assert "secret" not in refused.value.as_line


def test_a_rotating_token_is_a_bot_token() -> None:
    check_tokens(Settings(slack_bot_token="xoxe.xoxb-1-A", slack_app_token="xapp-1"))


def test_doctor_names_a_misspelt_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It would be ignored without a word."""
    monkeypatch.setenv("TME_HOME", str(tmp_path))
    monkeypatch.setenv("TME_CONTAKT", "a@example.org")
    (finding,) = (each for each in diagnose(Settings.load()) if each.what == "Settings")
    assert finding.state == "bad"
    assert finding.line == "No setting goes by TME_CONTAKT. Did you mean TME_CONTACT?"


def test_doctor_names_a_data_folder_that_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("TME_HOME", str(file))
    (finding,) = (each for each in diagnose(Settings.load()) if each.what == "Data folder")
    assert finding.line == f"{file} is no folder. Set TME_HOME to one."


def test_doctor_says_that_others_can_read_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TME_HOME", str(tmp_path))
    for mode, ok in ((0o700, True), (0o770, True), (0o704, False)):
        tmp_path.chmod(mode)
        (finding,) = (f for f in diagnose(Settings.load()) if f.what == "Data folder")
        assert (finding.state == "ok") is ok
    assert f"chmod o-rwx {tmp_path}" in finding.line


def test_a_vocabulary_that_is_not_there_is_said_in_sentences(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TME_HOME", str(tmp_path))
    monkeypatch.setenv("TME_VOCABULARY", "/nowhere/ours.yaml")
    (finding,) = (each for each in diagnose(Settings.load()) if each.what == "Vocabulary")
    assert finding.line.startswith(
        "/nowhere/ours.yaml cannot be read: No such file or directory. Check TME_VOCABULARY"
    )
