"""Two demonstration cases: one of real open data, one plainly invented for teaching.

``components`` carries what one party published of parts found in weapons.
``street`` is invented from end to end and uses the whole model: its tables lie
in ``street/``, its photographs are drawn when the case is made.
"""
