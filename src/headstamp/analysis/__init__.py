"""Named measures: counts, spans and spread, each with its uncertainty.

Every measure has a name, a plain definition, its inputs and its limits, and
refuses to give a number where the records cannot carry one. An aggregate is
never counted as an item, and a quantity keeps how it was counted. Pure: it
takes data and gives data.
"""
