"""Where the truth of Style-A comes from: our own styled films, or a VToonify of the user.

Styled films are what `corpus stylize` makes: one style per corpus, at one degree. So each style has a corpus of the
same clips of its own, listed in the recipe; what is between film and styled film is their blend. That does not ghost
where the style keeps the proportions of the face: style with `--art-degree 1 --art-structure 0`.

VToonify-D is our own network with its weights, standing still: a flow and a refinement that were not trained are
exactly zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import torch
from torch import nn

from style2talker.errors import AssetError, UsageError
from style2talker.records import ImageArray
from style2talker.train.published.checkpoints import initialise
from style2talker.train.published.style_a.clips import Movie
from style2talker.train.published.style_a.network import StyleA
from style2talker.train.published.style_a.recipe import StyleARecipe

__all__ = ["StyledFilms", "load_vtoonify", "taught"]


class StyledFilms:
    """Styled clips, one style per corpus.

    Args:
        recipe: which corpora, sizes, cache.
        data: folder of the corpus that is trained on.

    Raises:
        UsageError: there are more corpora than the network has styles.
        InputError: a corpus is damaged.
    """

    def __init__(self, recipe: StyleARecipe, data: Path) -> None:
        names = [name.strip() for name in recipe.stylised.split(",") if name.strip()]
        if len(names) > recipe.styles:
            raise UsageError(f"stylised names {len(names)} corpora, the network has {recipe.styles} styles: raise it")
        size = max(recipe.input_size, recipe.output_size)
        self._folders = names
        self._movies = [Movie(data / name, size, recipe.cache) for name in names]

    @property
    def count(self) -> int:
        """Number of styles."""
        return len(self._movies)

    def check(self, clips: Iterable[str]) -> None:
        """Raise UsageError unless every style has all of these clips."""
        wanted = set(clips)
        for name, movie in zip(self._folders, self._movies, strict=True):
            missing = sorted(wanted - movie.clips)
            if missing:
                raise UsageError(f"{name} lacks {len(missing)} styled clips, such as {missing[0]}: run corpus stylize")

    def picture(self, style: int, clip: str, number: int) -> ImageArray:
        """Frame (size, size, 3) uint8 RGB of a clip in a style. Raises InputError."""
        return self._movies[style].picture(clip, number)


def load_vtoonify(recipe: StyleARecipe) -> StyleA:
    """The frozen teacher of a checkpoint of VToonify-D.

    Raises:
        AssetError: the file is missing, is something else, or does not fit these settings.
    """
    path = Path(recipe.vtoonify)
    teacher = StyleA(recipe)
    if not path.is_file():
        raise AssetError(f"{path} is missing: name a checkpoint of VToonify-D")
    initialise({"generator": teacher}, [path])
    teacher.requires_grad_(False)
    return teacher


def taught(
    teacher: nn.Module, batch: Mapping[str, torch.Tensor], identity: torch.Tensor, art: torch.Tensor
) -> torch.Tensor:
    """What the teacher makes of the targets of a batch, (B, 3, O, O) in -1..1."""
    with torch.no_grad():
        made = teacher(batch["true"], batch["true_parsing"], batch["window"], identity, art, batch["degree"])
    picture: torch.Tensor = made.picture
    return picture.clamp(-1, 1)
