"""The two architectures of the family: MobileNetV1 at several widths, and a residual network.

Both end in global average pooling, so weights carry over from one resolution to another. Input
float32 [N, 3, S, S], normalised; output logits [N, CLASSES].
"""
import torch
from torch import nn

from classes import CLASSES


def conv(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class MobileNet(nn.Sequential):
    """Howard et al., 2017: depthwise separable convolutions, `width` scales every layer."""

    # Output channels at width 1 and stride of each separable block.
    BLOCKS = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + \
        [(1024, 2), (1024, 1)]

    def __init__(self, width: float):
        channels = int(32 * width)
        layers = [conv(3, channels, 3, stride=2)]
        for full, stride in self.BLOCKS:
            layers += [conv(channels, channels, 3, stride, groups=channels),
                       conv(channels, int(full * width), 1)]
            channels = int(full * width)
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Linear(channels, CLASSES))


class Residual(nn.Module):
    """Two 3x3 convolutions beside a shortcut (He et al., 2016)."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.one = conv(inputs, outputs, 3, stride)
        self.two = nn.Sequential(nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
                                 nn.BatchNorm2d(outputs))
        self.short = nn.Identity() if inputs == outputs and stride == 1 else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return torch.relu(self.two(self.one(x)) + self.short(x))


class ResNet(nn.Sequential):
    """A stride-2 stem and three stages of two residual blocks, `base`, 2x and 4x channels wide."""

    def __init__(self, base: int):
        layers = [conv(3, base // 2, 3, stride=2)]
        channels = base // 2
        for outputs in (base, 2 * base, 4 * base):
            layers += [Residual(channels, outputs, 2), Residual(outputs, outputs, 1)]
            channels = outputs
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Linear(channels, CLASSES))


def build(kind: str) -> nn.Module:
    """"mobilenet_025", "mobilenet_100", "resnet_32", ...: kind and width."""
    family, size = kind.split("_")
    return MobileNet(int(size) / 100) if family == "mobilenet" else ResNet(int(size))
