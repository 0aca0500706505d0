"""Writes trained networks as ONNX files in the model repository's layout.

    python export.py WORK REPOSITORY [NAME...]

REPOSITORY/<name>/1/model.onnx: input float32 [N,3,S,S], output "logits" float32 [N,CLASSES].
Batch normalisation is folded into the convolutions before it. Also writes the labels.
"""
import argparse
import pathlib

import onnx
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from classes import CLASSES, label
from networks import build
from recipes import RECIPES


def fold(module: nn.Module) -> None:
    """Every convolution followed by its batch normalisation becomes one convolution, in place."""
    for child in module.children():
        fold(child)
    if isinstance(module, nn.Sequential):
        for i in range(len(module) - 1):
            if isinstance(module[i], nn.Conv2d) and isinstance(module[i + 1], nn.BatchNorm2d):
                module[i] = fuse_conv_bn_eval(module[i], module[i + 1])
                module[i + 1] = nn.Identity()


def export(work: pathlib.Path, name: str, file: pathlib.Path) -> None:
    recipe = RECIPES[name]
    network = build(recipe.kind)
    network.load_state_dict(torch.load(work / f"{name}.pt"))
    network.eval()
    fold(network)
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(network, (torch.zeros(1, 3, recipe.side, recipe.side),), file,
                      input_names=["input"], output_names=["logits"], opset_version=17,
                      dynamic_axes={"input": {0: "N"}, "logits": {0: "N"}}, dynamo=False)
    model = onnx.load(file)
    for node in model.graph.node:
        node.doc_string = ""
    model.producer_name, model.producer_version = "cnnselect zoo", ""
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, file)
    print(f"{name}: {file.stat().st_size} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("repository", type=pathlib.Path)
    parser.add_argument("names", nargs="*", help="default: every served network that is finished")
    options = parser.parse_args()
    names = options.names or [r.name for r in RECIPES.values()
                              if r.served and (options.work / f"{r.name}.pt").exists()]
    for name in names:
        export(options.work, name, options.repository / name / "1" / "model.onnx")
    labels = "".join(label(i) + "\n" for i in range(CLASSES))
    (options.repository / "emoji_labels.txt").write_text(labels)


if __name__ == "__main__":
    main()
