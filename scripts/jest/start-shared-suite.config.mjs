export { start as default } from './shared-suite.mjs'
