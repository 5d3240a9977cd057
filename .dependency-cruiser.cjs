// The one direction of ARCHITECTURE.md. `npm run check:direction` also plants a violation of each rule and fails
// when it is not caught.
const order = ['identity', 'products', 'imports', 'codes', 'labels', 'events', 'resolver', 'scans', 'feedback', 'risk', 'enforcement', 'credit', 'exchange']

const onlyUpstream = order.map((name, i) => ({
  name: `${name}-imports-only-upstream`,
  severity: 'error',
  from: { path: `^src/modules/${name}/` },
  to: { path: '^src/modules/', pathNot: `^src/modules/(${[...order.slice(0, i), name].join('|')})/` },
}))

module.exports = {
  forbidden: [
    { name: 'kernel-is-pure', severity: 'error', from: { path: '^src/kernel/', pathNot: '\\.test\\.ts$' }, to: { pathNot: '^src/kernel/' } },
    { name: 'platform-knows-no-module', severity: 'error', from: { path: '^src/platform/', pathNot: '\\.test\\.ts$' }, to: { path: '^src/(modules|app|main)' } },
    { name: 'modules-know-no-app', severity: 'error', from: { path: '^src/modules/', pathNot: '\\.test\\.tsx?$' }, to: { path: '^src/(app/|main)' } },
    { name: 'ledger-knows-no-module', severity: 'error', from: { path: '^src/modules/ledger/', pathNot: '\\.test\\.ts$' }, to: { path: '^src/modules/(?!ledger/)' } },
    {
      name: 'a-module-is-entered-by-its-face',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/' },
      to: { path: '^src/modules/([^/]+)/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/(index|contract)\\.ts$'] },
    },
    {
      name: 'app-enters-modules-by-their-face',
      severity: 'error',
      from: { path: '^src/(app|main)' },
      to: { path: '^src/modules/[^/]+/', pathNot: '^src/modules/[^/]+/(index|contract)\\.ts$' },
    },
    // a contract may show a module's pure rules to the web, so that a form judges as the server does
    {
      name: 'contracts-are-light',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/(contract|rules|categories|completeness|import-fields)\\.ts$' },
      to: { pathNot: ['^src/kernel/', '^src/modules/[^/]+/contract\\.ts$', '^src/modules/$1/(rules|categories|completeness|import-fields)\\.ts$', 'node_modules/zod'] },
    },
    { name: 'web-sees-contracts-and-kernel', severity: 'error', from: { path: '^web/' }, to: { path: '^src/', pathNot: ['^src/kernel/', '^src/modules/[^/]+/contract\\.ts$'] } },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'nothing-imports-tests', severity: 'error', from: { path: '^(src|web)/', pathNot: '\\.test\\.tsx?$' }, to: { path: '(^test/|\\.test\\.tsx?$)' } },
    ...onlyUpstream,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^(src|web|test)/|node_modules/zod',
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'], extensions: ['.ts', '.tsx', '.js'] },
  },
}
