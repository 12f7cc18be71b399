"""The arguments are taken for arrays as they come."""

COSTS = ["momentum_step"]
EXPLANATION = {
    "en": (
        "With lists, beta * velocity is no multiplication of numbers: Python refuses a list times"
        " a float. Turn theta, velocity and gradient into arrays first."
    ),
    "vi": (
        "Với list, beta * velocity không phải là phép nhân từng số: Python không nhân list với số"
        " thực. Hãy đổi theta, velocity và gradient thành mảng trước."
    ),
}

def momentum_step(theta, velocity, gradient, learning_rate, beta):
    velocity = beta * velocity + learning_rate * gradient
    return theta - velocity, velocity
