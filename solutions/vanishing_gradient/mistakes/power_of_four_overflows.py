"""Divides 1 by 4^n, where n may be a NumPy integer."""

COSTS = ["vanishing_bound"]
EXPLANATION = {
    "en": (
        "4**n of a NumPy integer is a NumPy integer, with a largest value: 4**np.int64(40) comes out as "
        "0. Take the power of 0.25, a float."
    ),
    "vi": (
        "4**n với n là số nguyên NumPy cũng là số nguyên NumPy và có giá trị lớn nhất: 4**np.int64(40) "
        "cho ra 0. Hãy lấy lũy thừa của số thực 0.25."
    ),
}

def vanishing_bound(n_layers):
    if n_layers != int(n_layers) or n_layers < 0:
        raise ValueError("n_layers is a whole number from 0 up")
    return 1 / 4**n_layers
