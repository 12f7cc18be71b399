"""0.25 * n instead of 0.25^n."""

COSTS = ["vanishing_bound"]
EXPLANATION = {
    "en": (
        "0.25 * n grows with each layer. The chain rule multiplies: each layer contributes a factor of "
        "0.25, so the layers stand in the exponent."
    ),
    "vi": (
        "0.25 * n thì cứ thêm lớp là lớn lên. Quy tắc chuỗi là phép nhân: mỗi lớp góp một thừa số 0.25, "
        "nên số lớp phải nằm ở số mũ."
    ),
}

def vanishing_bound(n_layers):
    if n_layers < 0 or n_layers % 1 != 0:
        raise ValueError("n_layers must be a whole number from 0 up")
    return 0.25 * n_layers
