export SECRET=a-secret-of-the-tests
