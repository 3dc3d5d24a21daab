// @ts-check
// A placeholder until two nodes can meet here.
console.log('The demo grows with the parts; there is nothing to show yet.');
