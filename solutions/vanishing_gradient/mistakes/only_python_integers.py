"""NumPy integers are refused."""

COSTS = ["vanishing_bound"]
EXPLANATION = {
    "en": (
        "isinstance(n, int) is False for np.int64(3), so you refuse a whole number that comes from "
        "NumPy. numbers.Integral, or np.integer beside int, covers both."
    ),
    "vi": (
        "isinstance(n, int) cho False với np.int64(3), nên bạn từ chối một số nguyên đến từ NumPy. "
        "Hãy dùng numbers.Integral, hoặc thêm np.integer bên cạnh int."
    ),
}

def vanishing_bound(n_layers):
    if not isinstance(n_layers, int) or n_layers < 0:
        raise ValueError("n_layers must be a whole number from 0 up")
    return 0.25**n_layers
