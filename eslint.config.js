import js from '@eslint/js';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

/** The limits of the style guide: file 400 lines, function 60, parameters 4, depth 3, complexity 12. */
const limits = {
  'max-lines': ['error', { max: 400 }],
  'max-lines-per-function': ['error', { max: 60 }],
  'no-restricted-syntax': [
    'error',
    {
      selector: ':not(MethodDefinition[kind="constructor"]) > :function[params.length>4]',
      message: 'At most four parameters.',
    },
    {
      selector: 'MethodDefinition[kind="constructor"] > :function[params.length>6]',
      message: 'At most six dependencies.',
    },
  ],
  'max-depth': ['error', 3],
  complexity: ['error', 12],
};

export default tseslint.config(
  {
    ignores: [
      'test/fixtures/',
      'dist/',
      'site/dist/',
      'site/.rspress/',
      'data/',
      'coverage/',
      'sdk/',
      '.build-*/',
      'node_modules/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...limits,
      'no-control-regex': 'off', // refusing control characters is what such a pattern is for
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Nest's dependency injection reads the emitted types: a type-only import would break it.
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts', 'migrations/**/*.ts'],
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // What the program reads may be written by an enemy: no regular expression may take more than linear time.
    files: ['src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
    },
  },
  {
    // SQL of the hot paths: tagged text, exempt from the length limits.
    files: ['src/**/*statements.ts', 'src/**/*.statements.ts'],
    rules: { 'max-lines': 'off', 'max-lines-per-function': 'off' },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        URLSearchParams: 'readonly',
        fetch: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        AbortSignal: 'readonly',
        performance: 'readonly',
      },
    },
  },
  {
    // Pages, and what their drivers run in them.
    files: ['test/clients/*/**/*.{js,mjs}'],
    languageOptions: {
      globals: {
        window: 'readonly',
        document: 'readonly',
        location: 'readonly',
        history: 'readonly',
        localStorage: 'readonly',
        crypto: 'readonly',
      },
    },
  },
);
