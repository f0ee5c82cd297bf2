import tseslint from 'typescript-eslint';

/** Rules that hold everywhere: the strict type-aware set, and the project's own style. */
const everywhere = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],
  // `await using _lock = …` holds a resource that nobody reads.
  '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_' }],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  'no-restricted-syntax': [
    'error',
    { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' },
    { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file itself.' },
  ],
};

export default tseslint.config(
  { ignores: ['dist/**', '.types/**', '.cache/**', 'node_modules/**'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['vitest.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: everywhere,
  },
  {
    // The core is a library: its callers own the terminal, the process and the editor.
    files: ['core/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-globals': ['error', { name: 'console', message: 'Yield an event instead.' }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'exit', message: 'Throw or return; the caller exits.' },
        { object: 'process', property: 'stdout', message: 'Yield an event instead.' },
        { object: 'process', property: 'stderr', message: 'Yield an event instead.' },
      ],
      'no-restricted-imports': [
        'error',
        { patterns: ['vscode', 'vscode-languageserver*', 'vscode-languageclient*'] },
      ],
    },
  },
  {
    // The tools' own configuration files must have default exports.
    files: ['*.config.ts', '*.config.js'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
  },
);
