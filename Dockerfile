# One image for Prefect's server, the workers and the deployer.
FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1
WORKDIR /app
COPY pyproject.toml constraints.txt README.md ./
COPY blocks blocks/
COPY tasks tasks/
COPY flows flows/
COPY demo demo/
COPY prefect.yaml ./
RUN python -m pip install --no-cache-dir --constraint constraints.txt --editable ".[charts,s3]"
RUN useradd --uid 10001 --create-home rexbit \
 && install --directory --owner=rexbit --group=rexbit /var/lib/rexbit /var/lib/prefect
USER rexbit
# puts the files of /run/secrets where the environment names them, then becomes the command
ENTRYPOINT ["python", "-m", "tasks.deploying.with_secrets"]
CMD ["prefect", "version"]
