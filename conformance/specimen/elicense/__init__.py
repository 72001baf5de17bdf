"""电子证照共享服务: a conforming sharing service in two shapes (山东地市, DB44/T 2167.3 类), and its faults."""
