export * from './authenticate.ts'
export * from './bearer-problem.ts'
export * from './bearer-verifier.ts'
