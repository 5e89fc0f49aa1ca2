"""What the move costs us: the carrier's invoice against what was tendered or accrued.

trail          by what one bill is recognised as another
accepted       what people said about bills, accruals and variances
bills          what each bill is, and which of them stand: the one truth about them
counted        what the move costs so far, and what is passed on
match          what was expected against what stands, in all and charge by charge
before_cost_2  the same as it was before dossiers named `cost_2`
"""
