"""Where graphs keep their checkpoints: one store per URL and worker, one light saver per stage."""
