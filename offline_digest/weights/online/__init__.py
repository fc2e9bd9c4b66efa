"""Models from a hub: the only part of `weights` that goes online."""

from offline_digest.weights.online.hub import Hub, HubFile, Listing, open_hub
from offline_digest.weights.online.pulling import Machine, Pulled, pull

__all__ = ["Hub", "HubFile", "Listing", "Machine", "Pulled", "open_hub", "pull"]
