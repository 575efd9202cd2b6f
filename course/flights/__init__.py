"""The flight pipeline: the same step functions under the plain runner and Kubeflow."""
