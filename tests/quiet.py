"""A reporter that hears everything and says nothing."""


class Quiet:
    """Keeps what it was told."""

    def __init__(self):
        self.stepped = []
        self.warned = []
        self.stands = []

    def step(self, text):
        self.stepped.append(text)

    def stand(self, standing):
        self.stands.append(standing)

    def life(self, text, share=None):
        pass

    def warn(self, text):
        self.warned.append(text)
