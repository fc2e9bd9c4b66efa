"""Models from a hub: the only part of `weights` that goes online."""

from offline_digest.weights.online.hub import Hub, HubFile, Listing, open_hub
from offline_digest.weights.online.pulling import Pulled, pull

__all__ = ["Hub", "HubFile", "Listing", "Pulled", "open_hub", "pull"]
