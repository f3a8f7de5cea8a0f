"""The pages: one file each, wired in ``app``; pure views in ``views``, all words in ``texts``, styles and scripts in ``assets``."""
