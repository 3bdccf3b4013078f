"""One logger and one metrics sink a function. Logs contain only Hidra's own identifiers: never a phone number, a
provider's message id (a Cloud API id contains the phone), a key or a text."""

import warnings

from aws_lambda_powertools import Logger, Metrics

logger = Logger()
metrics = Metrics()
# Powertools warns about every invocation without a metric; most have none.
warnings.filterwarnings("ignore", message="No application metrics to publish")
