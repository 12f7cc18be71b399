"""dtype(1) works for np.float32, not for the name "float32"."""

COSTS = ["first_underflow_depth"]
EXPLANATION = {
    "en": (
        "dtype(1.0) works only where dtype is a type such as np.float32. A name is text, and "
        "np.dtype(...) is an object; np.dtype(dtype).type makes a type of all three."
    ),
    "vi": (
        "dtype(1.0) chỉ chạy được khi dtype là một kiểu như np.float32. Tên thì là chuỗi, còn "
        "np.dtype(...) là một đối tượng; np.dtype(dtype).type đổi cả ba dạng về kiểu."
    ),
}

def first_underflow_depth(dtype):
    n, product = 0, dtype(1.0)
    while product != 0:
        product = dtype(product * dtype(0.25))
        n += 1
    return n
