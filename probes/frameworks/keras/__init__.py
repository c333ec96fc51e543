"""What the frameworks ``keras_<backend>`` share: Keras 3 asks nothing of its backend, so neither do these recipes."""
