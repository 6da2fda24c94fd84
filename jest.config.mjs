// One configuration for every test: real ES modules, TypeScript stripped by SWC, no mocks.
/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
  },
  testMatch: ['<rootDir>/{packages,services}/*/{src,test}/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.latchkey', '<rootDir>/.toolchain'],
  testTimeout: 30_000,
}
