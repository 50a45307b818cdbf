// The JSX types as @types/react 19 declares them: in the module, and handed on by its jsx-runtime.
declare module 'react' {
  export interface ReactElement {
    type: unknown;
  }
  export namespace JSX {
    interface Element extends ReactElement {}
    interface IntrinsicElements {
      div: { className?: string | undefined; children?: unknown };
    }
  }
}

declare module 'react/jsx-runtime' {
  import type * as React from 'react';
  export namespace JSX {
    interface Element extends React.JSX.Element {}
    interface IntrinsicElements extends React.JSX.IntrinsicElements {}
  }
  export const jsx: unknown, jsxs: unknown, Fragment: unknown;
}
