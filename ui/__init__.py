"""The web chat: Gradio wiring in ``chat``, pure views in ``views``, the server in ``app``."""
