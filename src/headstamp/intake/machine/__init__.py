"""Reading photographs by machine: barcodes and text, always as proposals with a score.

A machine never records anything here. It says what it believes to see, where,
how sure it is and why one should doubt it; a person who looks at the same
place may make a marking and a reading of that. The pictures are strangers'
files, so all of this runs in the confined process of ``intake.process``.

``proposal`` is what is said, ``canvas`` the picture as the readers get it,
``barcode`` the codes, ``lines`` the lines of text, ``rapid`` and ``tesseract``
the two readers of text, ``script`` and ``weigh`` what their answers are worth,
``parts`` what of all that is installed, ``read`` the way in.
"""
