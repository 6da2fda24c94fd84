// Every test runs the same way: real ES modules, TypeScript stripped by SWC, no mocks. End-to-end flows are two
// projects: most of them wait more than they work, so that they run side by side, each with people of its own or with a
// suite of its own; what kills parts of a suite, or counts to the last request, has the machine to itself.
/** @type {import('jest').Config} */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript' },
          target: 'es2024',
          // `with { type: 'json' }`, without which Node reads no JSON.
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/.latchkey', '<rootDir>/.toolchain'],
}

const endToEnd = '<rootDir>/packages/{e2e/{src,test},launcher/test}/**/*.test.ts'
const alone = ['<rootDir>/packages/e2e/test/faults/', '<rootDir>/packages/e2e/test/rate-limits.test.ts']

/** @type {import('jest').Config} */
export default {
  // A hang is to end some time; a limit of seconds would measure the machine.
  testTimeout: 120_000,
  projects: [
    {
      ...shared,
      displayName: 'parts',
      testMatch: ['<rootDir>/{packages,services}/*/{src,test}/**/*.test.ts'],
      testPathIgnorePatterns: [
        '/node_modules/',
        '<rootDir>/packages/e2e/',
        '<rootDir>/packages/launcher/test/',
      ],
    },
    {
      ...shared,
      displayName: 'end-to-end',
      testMatch: [endToEnd],
      testPathIgnorePatterns: ['/node_modules/', ...alone],
      globalSetup: '<rootDir>/scripts/jest/start-shared-suite.config.mjs',
      globalTeardown: '<rootDir>/scripts/jest/stop-shared-suite.config.mjs',
      setupFilesAfterEnv: ['<rootDir>/scripts/jest/end-to-end.ts'],
    },
    {
      ...shared,
      displayName: 'end-to-end, alone',
      testMatch: alone.map(path => (path.endsWith('/') ? `${path}**/*.test.ts` : path)),
      setupFilesAfterEnv: ['<rootDir>/scripts/jest/end-to-end.ts'],
    },
  ],
}
