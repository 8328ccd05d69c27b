import { TestEnvironment } from 'jest-environment-node';
import vm from 'node:vm';

/**
 * Node's environment with an ordinary global object. Jest's own is a proxy: every use of `Math` or `Float64Array` in a loop
 * goes through it, which makes numerical code five times slower.
 */
export default class OrdinaryGlobals extends TestEnvironment {
  /** @param {ConstructorParameters<typeof TestEnvironment>} args */
  constructor(...args) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...args);
    } finally {
      vm.createContext = createContext;
    }
  }
}
