"""The pages: one file each, wired in ``app``, run by ``server``; pure views in ``views``, all words in ``texts``, styles and scripts in ``assets``."""
