"""Who is trained how: the family's networks and the steps that carry weights between resolutions."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    name: str            # <kind>_<resolution>; also the model's name when it is served
    kind: str            # see networks.build
    side: int            # input resolution, pixels
    epochs: int          # length of the learning-rate cycle
    start: str = ""      # recipe whose weights it starts from; empty: from scratch
    rate: float = 4e-3   # peak learning rate
    bfloat16: bool = False
    stop: int = 0        # > 0: leave the cycle after this many epochs, for a fine-tune to finish
    pictures: int = 48_000  # how many of the training pictures, from the first
    served: bool = True  # False: a step on the way to another one


FINE = 1e-3  # peak rate of a fine-tune

RECIPES = {recipe.name: recipe for recipe in (
    Recipe("mobilenet_025_64", "mobilenet_025", 64, 12),
    Recipe("mobilenet_025_48", "mobilenet_025", 48, 4, "mobilenet_025_64", FINE),
    Recipe("mobilenet_025_32", "mobilenet_025", 32, 4, "mobilenet_025_48", FINE),
    Recipe("mobilenet_050_64", "mobilenet_050", 64, 6, served=False),
    Recipe("mobilenet_050_96", "mobilenet_050", 96, 2, "mobilenet_050_64", FINE),
    Recipe("resnet_32_96", "resnet_32", 96, 8, bfloat16=True),
    Recipe("resnet_64_96", "resnet_64", 96, 6, bfloat16=True, stop=4, served=False),
    Recipe("resnet_32_64", "resnet_32", 64, 2, "resnet_32_96", FINE, bfloat16=True,
           pictures=24_000),
    Recipe("resnet_64_192_short", "resnet_64", 192, 1, "resnet_64_96", FINE, bfloat16=True,
           pictures=12_000, served=False),
    Recipe("resnet_64_192", "resnet_64", 192, 1, "resnet_64_192_short", FINE, bfloat16=True,
           pictures=24_000),
)}
