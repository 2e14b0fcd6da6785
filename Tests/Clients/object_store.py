"""An S3-compatible object store in this process: moto, which checks the signature of each request.

usage: object_store.py

As a program it prints its address, bucket and keys as JSON, and runs until its input ends.
"""

import contextlib
import json
import logging
import sys

import boto3
import requests
from moto.server import ThreadedMotoServer

BUCKET = "recordings"


@contextlib.contextmanager
def object_store():
    """Yields the variables of a client that may do everything with the bucket."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        first = {"endpoint_url": url, "region_name": "eu-central-1", "aws_access_key_id": "first",
                 "aws_secret_access_key": "first"}
        users = boto3.client("iam", **first)
        users.create_user(UserName="gigastt")
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
        users.put_user_policy(UserName="gigastt", PolicyName="all", PolicyDocument=json.dumps(policy))
        key = users.create_access_key(UserName="gigastt")["AccessKey"]
        boto3.client("s3", **first).create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        # From here on every request is authenticated.
        requests.post(f"{url}/moto-api/reset-auth", data="0", timeout=10).raise_for_status()
        yield {"AWS_ENDPOINT_URL": url, "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
               "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    finally:
        server.stop()


def names(variables, prefix=""):
    """The names of all objects below a prefix."""
    client = boto3.client(
        "s3", endpoint_url=variables["AWS_ENDPOINT_URL"], region_name=variables["AWS_REGION"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"], aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"])
    return {item["Key"] for item in client.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])}


if __name__ == "__main__":
    with object_store() as found:
        print(json.dumps({**found, "bucket": BUCKET}), flush=True)
        sys.stdin.read()
