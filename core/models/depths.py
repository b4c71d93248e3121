"""Which layer of an encoder a parameter belongs to, for any architecture with a stack of blocks."""

from torch import nn


def layer_depths(encoder: nn.Module) -> tuple[dict[int, int], int]:
    """The depth of each parameter by its `id`, and that of what comes after the blocks.

    0 is what feeds the blocks (embeddings and their positions), 1 … N are the blocks, N + 1 is
    what comes after them. The blocks are the largest list of like modules; what is beside them is
    told by the order in which an architecture registers its parts, and tables of embeddings are
    always at the bottom. An encoder without such a list is one layer of depth 0.

    Args:
        encoder: Its parts in the order in which they compute.
    """
    blocks = blocks_of(encoder)
    depths: dict[int, int] = {}
    for number, block in enumerate(blocks, 1):
        depths |= {id(parameter): number for parameter in block.parameters()}
    tables = {
        id(parameter)
        for module in encoder.modules()
        if isinstance(module, nn.Embedding)
        for parameter in module.parameters()
    }
    within = set(depths)
    is_after = False
    for parameter in encoder.parameters():
        if id(parameter) in within:
            is_after = True
        elif id(parameter) not in depths:
            is_above = is_after and id(parameter) not in tables
            depths[id(parameter)] = len(blocks) + 1 if is_above else 0
    return depths, len(blocks) + 1


def blocks_of(encoder: nn.Module) -> list[nn.Module]:
    """The blocks, from the bottom; the outermost list where one holds another."""
    lists = [list(each.children()) for each in encoder.modules() if _is_list_of_like(each)]
    return max(lists, key=lambda blocks: sum(map(_size, blocks)), default=[])


def _is_list_of_like(module: nn.Module) -> bool:
    children = list(module.children())
    kinds = {type(child) for child in children}
    is_list = isinstance(module, nn.ModuleList | nn.Sequential)
    return is_list and len(kinds) == 1 and all(map(_size, children))


def _size(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
