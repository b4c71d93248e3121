"""Words of modalities."""

from core.recipe.modality import modalities, noun_for


def test_that_nouns_are_those_of_the_modality() -> None:
    for each in modalities().values():
        assert noun_for(each.example, 1) == each.example
        assert noun_for(each.example) == noun_for(each.example, 0) == each.examples
