"""One logger and one metrics sink a function. Logs carry identifiers of ours only: never a phone number, a provider's
message id (a Cloud API id contains the phone), a key or a text."""

import warnings

from aws_lambda_powertools import Logger, Metrics

logger = Logger()
metrics = Metrics()
# Powertools warns of every invocation that measured nothing; most have nothing to measure.
warnings.filterwarnings("ignore", message="No application metrics to publish")
