"""Pages of organisation life: they translate, nothing else."""
