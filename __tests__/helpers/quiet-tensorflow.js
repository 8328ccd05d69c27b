/** Omits TensorFlow.js's advice to install tfjs-node, which each test file would print with a stack. */
const { warn } = console;
console.warn = (...message) => {
  if (!String(message[0]).includes('you are running TensorFlow.js in Node.js')) warn.apply(console, message);
};
