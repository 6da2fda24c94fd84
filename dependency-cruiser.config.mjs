// Who may import whom: inside a service (http, rpc → usecases → domain), between services (never), between packages.
// Type-only imports count: a type is knowledge too.
const inService = folder => `^services/([^/]+)/src/${folder}/`

/** Packages that a package may import, besides its own files. What is not named may import none. */
const packageDirections = {
  runtime: [],
  sdk: [],
  oauth: [],
  testkit: [],
  'service-testkit': ['runtime', 'testkit'],
  contracts: ['runtime', 'sdk'],
  ui: ['runtime', 'contracts'],
  outbox: ['runtime'],
  revocation: ['runtime'],
  cli: ['runtime'],
  launcher: ['runtime'],
}

const testFile = '[.]test[.]ts$|^(packages|services)/[^/]+/test/'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'What needs each other belongs together, or one of them knows too much.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'services-never-import-each-other',
      comment: 'They meet over gRPC; what two need is a package.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'packages-never-import-services',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^services/' },
    },
    {
      name: 'domain-is-pure',
      comment: 'No I/O, no clock, no randomness, nothing of the layers around it.',
      severity: 'error',
      from: { path: inService('domain'), pathNot: testFile },
      to: {
        path: '^services/$1/src/(http|rpc|usecases|store|clients|relay|queue|smtp)/|/compose[^/]*[.]ts$|/config[.]ts$',
      },
    },
    {
      name: 'domain-without-stores-and-servers',
      severity: 'error',
      from: { path: inService('domain'), pathNot: testFile },
      to: {
        path: '(^|node_modules/)(pg|ioredis|bullmq|express|@grpc|@prisma|undici|nodemailer)/|^node:(fs|net|http|https|tls|child_process)',
      },
    },
    {
      name: 'usecases-know-no-transport-and-no-store',
      comment: 'A use case declares the narrow shape it needs; compose.ts hands it over.',
      severity: 'error',
      from: { path: inService('usecases'), pathNot: testFile },
      to: { path: '^services/$1/src/(http|rpc|store|clients)/|/compose[^/]*[.]ts$|/config[.]ts$' },
    },
    {
      name: 'http-and-rpc-call-use-cases',
      comment: 'Parse, call, answer. What they need of a store comes through a use case.',
      severity: 'error',
      from: { path: inService('(?:http|rpc)'), pathNot: testFile },
      to: { path: '^services/$1/src/(store|clients)/|/compose[^/]*[.]ts$' },
    },
    {
      name: 'only-main-and-tests-import-compose',
      severity: 'error',
      from: { path: '^services/', pathNot: `${testFile}|/src/(main|worker|compose[^/]*)[.]ts$` },
      to: { path: '^services/[^/]+/src/compose[^/]*[.]ts$' },
    },
    {
      name: 'no-test-code-in-what-ships',
      severity: 'error',
      from: {
        path: '^(packages|services)/[^/]+/src/',
        pathNot: `${testFile}|^packages/(testkit|service-testkit|e2e|bench)/`,
      },
      to: { path: '^packages/(testkit|service-testkit|e2e|bench)/|[.]test[.]ts$' },
    },
    {
      name: 'sdk-runs-without-node',
      comment:
        'Workers, Deno and browsers run it too: only what is for Node servers knows Node, types included.',
      severity: 'error',
      from: {
        path: '^packages/sdk/src/',
        pathNot: '^packages/sdk/src/(sha256/node|bearer|fastify|header-values|index|require-bearer)[.]ts$',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'sdk-is-light',
      comment: 'Whoever verifies tokens installs jose and nothing else.',
      severity: 'error',
      from: { path: '^packages/sdk/src/' },
      to: { path: 'node_modules/', pathNot: 'node_modules/jose/' },
    },
    ...Object.entries(packageDirections).map(([name, allowed]) => ({
      name: `${name}-imports-${allowed.length === 0 ? 'no-package' : allowed.join('-')}`,
      severity: 'error',
      from: { path: `^packages/${name}/src/`, pathNot: testFile },
      to: { path: `^packages/(?!(${[name, ...allowed].join('|')})/)` },
    })),
  ],
  options: {
    // TypeScript 7 has no API to parse with; SWC keeps type-only imports in the picture.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/generated/|[.]toolchain|[.]latchkey' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.json'],
      mainFields: ['main'],
    },
  },
}
