"""Implements `HubModality` for images; timm, and torch with it, is loaded late."""

from typing import Any

from core.hub.catalog import CATALOG


class ImageHub:
    """ViT-MAE repositories, and timm's models by their names."""

    small_files = ("config.json", "preprocessor_config.json")

    def repository_of(self, name: str) -> str:
        """As the catalog has it, or as timm names it."""
        for entry in CATALOG:
            if entry.name == name and entry.repo:
                return entry.repo
        from core.images.model.names import repository_of

        return repository_of(name)

    def check(self, name: str, *, offline: bool) -> dict[str, Any]:
        """See `core.images.model.check`."""
        from core.images.model.check import check_image_model

        return check_image_model(name, offline=offline)


HUB = ImageHub()
