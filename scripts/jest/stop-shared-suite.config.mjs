export { stop as default } from './shared-suite.mjs'
