"""The web chat: Gradio wiring in ``chat``, pure views in ``views``, the application in ``app``, running it in ``server``."""
