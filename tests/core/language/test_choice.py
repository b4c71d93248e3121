"""Which language is talked: the variable, the preference, the system's languages, English."""

import pytest

from core.language.choice import SYSTEM, VARIABLE, language_for


@pytest.mark.parametrize(
    ("of_system", "code"),
    [
        (["de-AT", "de"], "de"),
        (["de_DE"], "de"),
        (["zh-Hans-CN", "zh-CN", "zh"], "zh_CN"),
        (["zh_SG"], "zh_CN"),
        (["zh-Hant-TW", "zh-TW"], "en"),
        (["fr-FR", "fr", "de-DE"], "de"),
        (["en-GB", "en", "de"], "en"),
        (["C"], "en"),
        ([], "en"),
    ],
)
def test_that_the_first_language_of_the_system_that_there_is_counts(
    of_system: list[str], code: str
) -> None:
    assert language_for(SYSTEM, of_system) == code


def test_that_a_preference_precedes_the_system() -> None:
    assert language_for("en", ["de-DE"]) == "en"
    assert language_for("zh_CN", ["de-DE"]) == "zh_CN"


def test_that_the_variable_precedes_all_and_nonsense_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(VARIABLE, "de")
    assert language_for("en", ["en-US"]) == "de"
    monkeypatch.setenv(VARIABLE, "klingon")
    assert language_for("klingon", ["zh-CN"]) == "zh_CN"
