// Every test runs the same way: real ES modules, TypeScript stripped by SWC, no mocks. End-to-end flows are a
// project of their own, because each of them has the whole machine to itself.
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

/** @type {import('jest').Config} */
export default {
  testTimeout: 30_000,
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
      testMatch: ['<rootDir>/packages/{e2e/{src,test},launcher/test}/**/*.test.ts'],
      globalSetup: '<rootDir>/scripts/jest/start-shared-suite.config.mjs',
      globalTeardown: '<rootDir>/scripts/jest/stop-shared-suite.config.mjs',
      setupFilesAfterEnv: ['<rootDir>/scripts/jest/end-to-end.ts'],
    },
  ],
}
