/** The settings that several services have, to be spread into a service's own shape. */
import { z } from 'zod'
import { logLevels } from '../logger/index.ts'
import {
  booleanSetting,
  choiceSetting,
  cidrsSetting,
  integerSetting,
  portSetting,
  secondsSetting,
  urlSetting,
} from './kinds.ts'
import { secret } from './schema.ts'

const path = () => z.string()

export const processSettings = {
  LOG_LEVEL: choiceSetting(logLevels, 'INFO').describe(
    'The least severe log lines that are written. `INFO` has each request once, at the gateway, and what was refused everywhere; `DEBUG` has every step of it, in every service',
  ),
  BIND_ADDRESS: z
    .string()
    .default('0.0.0.0')
    .describe('The address that every port of the process listens on'),
  MANAGEMENT_PORT: portSetting(9090).describe('The port of /livez, /readyz and /metrics'),
  SHUTDOWN_TIMEOUT_SECONDS: secondsSetting(20, { min: 1 }).describe(
    'Seconds that requests in flight have to finish after SIGTERM',
  ),
  ENDPOINT_REMOVAL_SECONDS: secondsSetting(0, { max: 300 }).describe(
    'Seconds between "not ready" and the closing of the ports, for load balancers to notice',
  ),
}

export const tlsSettings = {
  TLS_CA_FILE: path().describe('PEM file of the authority that signs the certificates of all services'),
  TLS_CERT_FILE: path().describe("PEM file of the service's own certificate"),
  TLS_KEY_FILE: path().describe("PEM file of the service's own private key"),
}

export const httpSettings = {
  HTTP_PORT: portSetting(8443).describe('The port of the internal HTTP server (mutual TLS)'),
}

export const grpcSettings = {
  GRPC_PORT: portSetting(9443).describe('The port of the gRPC server (mutual TLS)'),
}

/**
 * Where another service is called: one address or several, as gRPC names them.
 * @see https://grpc.github.io/grpc/core/md_doc_naming.html
 */
export const grpcTargetSetting = (service: string) =>
  z
    .string()
    .regex(/^[\w.:/,[\]-]+$/, `must be a gRPC target like dns:///${service}:9443`)
    .describe(`gRPC target of the ${service} service: dns:///${service}:9443`)

/** Of a process that calls other services. */
export const callSettings = {
  SERVICE_TIMEOUT_SECONDS: secondsSetting(2, { min: 1, max: 60 }).describe(
    'Seconds that a call to another service may take; later, whoever waits for it gets 503',
  ),
}

/** Of a service that verifies bearers. */
export const keySetSettings = {
  TOKEN_URL: urlSetting(['https']).describe(
    'Internal URL of the token service, where the keys that verify bearers are read',
  ),
}

export const postgresSettings = {
  DATABASE_URL: secret(urlSetting(['postgresql', 'postgres'])).describe(
    'URL of the Postgres database with the role of the service: postgresql://role:password@host:5432/database',
  ),
  DATABASE_POOL_MIN_SIZE: integerSetting(5, { max: 1000 }).describe(
    'Connections of the pool that are kept open when idle',
  ),
  DATABASE_POOL_MAX_SIZE: integerSetting(20, { min: 1, max: 1000 }).describe(
    'Connections of the pool at most',
  ),
  DATABASE_POOL_TIMEOUT: secondsSetting(30, { min: 1, max: 3600 }).describe(
    'Seconds that a request waits for a free connection',
  ),
}

export const redisUrlSettings = {
  REDIS_URL: secret(urlSetting(['redis', 'rediss'])).describe('URL of Redis: redis://:password@host:6379/0'),
}

/** Of a process whose requests ask Redis, and must not wait for it. */
export const redisSettings = {
  ...redisUrlSettings,
  REDIS_TIMEOUT_MS: integerSetting(500, { min: 50, max: 10_000 }).describe(
    'Milliseconds that Redis may take to answer; later, it counts as away',
  ),
}

export const publicUrlSettings = {
  PUBLIC_URL: urlSetting().describe(
    'The URL by which users reach the gateway; the issuer, and the base of links in mails',
  ),
}

export const outboundSettings = {
  OUTBOUND_ALLOWED_NETWORKS: cidrsSetting().describe(
    'Addresses and CIDR ranges that are fetched from for clients (jwks_uri, back-channel logout) although they are not public, by http too',
  ),
}

/** Read by OpenTelemetry itself; listed here for the documentation. */
export const telemetrySettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: urlSetting()
    .optional()
    .describe(
      'URL of an OTLP/HTTP collector, for example http://collector:4318; traces are recorded only where set',
    ),
  OTEL_SDK_DISABLED: booleanSetting(false).describe('Records nothing, whatever else is set'),
}
