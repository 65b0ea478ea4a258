"""What every factory shares."""

from factory.django import DjangoModelFactory

from partybuild.scoping import everything


class HouseFactory(DjangoModelFactory):
    """Makes a row wherever the test wants it: arranging needs no scope, acting does."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with everything(reason="a test arranges its rows"):
            return super()._create(model_class, *args, **kwargs)


def factory_of(model):
    """Return the factory of a model."""
    return next(made for made in _subclasses(HouseFactory) if made._meta.model is model)


def _subclasses(base):
    for made in base.__subclasses__():
        yield made
        yield from _subclasses(made)
